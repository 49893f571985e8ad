/**
 * Network architectures built from a specification, and the adaptation of existing models to new classes.
 */
package dev.hone.train.network;
