package dev.hone.property;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * A property that runs for its share of the time that {@code -Dhone.fuzz.minutes} gives, with a new seed each time;
 * without that, for a single try.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@AddLifecycleHook(DeadlineHook.class)
@interface UntilDeadline {
    double share();
}
