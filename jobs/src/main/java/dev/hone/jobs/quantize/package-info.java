/**
 * Quantizing a model, or storing it in half precision: options, data and result of the job. The methods themselves are in
 * {@code compress}.
 */
package dev.hone.jobs.quantize;
