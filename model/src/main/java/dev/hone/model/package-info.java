/**
 * A model file with what surrounds it: its card, how an input becomes its tensor, what its outputs mean, the session that
 * runs it. All that an edge box needs; nothing that trains, compresses or explains.
 */
package dev.hone.model;
