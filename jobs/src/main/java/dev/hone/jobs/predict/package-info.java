/** Classifying images. */
package dev.hone.jobs.predict;
