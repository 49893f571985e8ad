/**
 * Shared basics: expected failures, element types, progress and cancellation. Knows nothing about graphs, images or
 * models.
 */
package dev.hone.core;
