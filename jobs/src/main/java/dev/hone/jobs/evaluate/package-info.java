/** Evaluating models on labelled data: metrics, a threshold for rejecting parts, the report. */
package dev.hone.jobs.evaluate;
