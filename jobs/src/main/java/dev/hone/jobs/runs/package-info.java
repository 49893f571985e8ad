/**
 * The run history: each training, and what is made of its model, as a file of JSON lines in a folder {@code runs} beside the
 * model. Written while the job runs, listed, compared, and exported to MLflow and TensorBoard.
 */
package dev.hone.jobs.runs;
