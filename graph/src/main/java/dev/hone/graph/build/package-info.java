/**
 * Building graphs in few words: operators as methods, constants where they are needed. Nothing here knows gradients or
 * networks.
 */
package dev.hone.graph.build;
