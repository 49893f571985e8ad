/**
 * What every module needs: expected failures, element types, news of progress. Nothing here knows a graph, an image or a
 * model.
 */
package dev.hone.core;
