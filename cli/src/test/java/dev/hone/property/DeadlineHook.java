package dev.hone.property;

import java.lang.reflect.Method;
import java.util.List;
import net.jqwik.api.lifecycle.AroundTryHook;
import net.jqwik.api.lifecycle.Lifespan;
import net.jqwik.api.lifecycle.Store;
import net.jqwik.api.lifecycle.TryExecutionResult;
import net.jqwik.api.lifecycle.TryExecutor;
import net.jqwik.api.lifecycle.TryLifecycleContext;

/** Ends a property once its time is up. */
class DeadlineHook implements AroundTryHook {
    @Override
    public TryExecutionResult aroundTry(TryLifecycleContext context, TryExecutor executor, List<Object> parameters) {
        Method method = context.targetMethod();
        Store<Long> end = Store.getOrCreate(
                List.of(DeadlineHook.class, method),
                Lifespan.PROPERTY,
                () -> System.nanoTime()
                        + FuzzTime.share(method.getAnnotation(UntilDeadline.class)
                                        .share())
                                .toNanos());
        TryExecutionResult result = executor.execute(parameters);
        boolean over = System.nanoTime() >= end.get();
        return over && result.isSatisfied() ? TryExecutionResult.satisfied(true) : result;
    }
}
