package dev.hone.jobs.explain;

import dev.hone.jobs.Job;

/** What {@link ExplainJob} found: of images, of rows, or of a data set. */
public sealed interface ExplainResult extends Job.Result permits ImageResult, RowResult, QualityResult, GlobalResult {}
