/** Inspecting a model file: operators, shapes, cost, metadata. Nothing here runs the model. */
package dev.hone.jobs.show;
