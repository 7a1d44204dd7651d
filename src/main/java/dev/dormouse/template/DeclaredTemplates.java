package dev.dormouse.template;

import dev.dormouse.actor.TemplateCheck;
import dev.dormouse.name.TemplateRef;
import jakarta.enterprise.context.ApplicationScoped;

/** Tells actors which templates are declared. */
@ApplicationScoped
class DeclaredTemplates implements TemplateCheck {

    private final Catalog catalog;

    DeclaredTemplates(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public boolean exists(TemplateRef template) {
        // one that is being deleted stays for the actors that it has
        return catalog.template(template)
                .filter(declared -> !declared.isMarkedForDeletion())
                .isPresent();
    }
}
