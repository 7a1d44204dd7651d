package dev.dormouse.actor;

import dev.dormouse.name.TemplateRef;

/** What actors need to know of templates, which know actors and not the other way round. */
public interface TemplateCheck {

    /** True when there is such a template, Ready or not. Answers from memory. */
    boolean exists(TemplateRef template);
}
