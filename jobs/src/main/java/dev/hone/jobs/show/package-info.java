/** Inspecting a model file: operators, shapes, cost, metadata. A classifier that Hone did not make is run on a few inputs to see what its scores mean. */
package dev.hone.jobs.show;
