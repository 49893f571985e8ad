/**
 * Planning by measured time, apart from what is measured: of segments of a network, each of which can be computed in
 * some ways, the sequence of ways with the least total time is found.
 */
package dev.hone.compress.plan;
