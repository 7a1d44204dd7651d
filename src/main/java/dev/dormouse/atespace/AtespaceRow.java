package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** An atespace as the database holds it. */
@Entity(name = "Atespace")
@Table(name = "atespace")
class AtespaceRow {

    @Id
    String name;

    UUID uid;

    @Column(name = "created_at")
    Instant createdAt;

    AtespaceRow() {}

    AtespaceRow(Atespace atespace) {
        this.name = atespace.name().value();
        this.uid = atespace.uid();
        this.createdAt = atespace.createdAt();
    }

    Atespace atespace() {
        return new Atespace(new AtespaceName(name), uid, createdAt);
    }
}
