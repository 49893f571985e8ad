/** Measuring models on this machine: size, cost, latency, memory. */
package dev.hone.jobs.bench;
