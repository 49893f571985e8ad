/**
 * Planning by measured time, apart from what is measured: a network is cut into segments, each of which can be computed
 * in some ways, and the sequence of ways with the least total time is found.
 */
package dev.hone.compress.plan;
