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
        return catalog.template(template).isPresent();
    }
}
