/** Pages, charts and plots made from results that are handed in. Nothing here runs a model or decides what is shown. */
package dev.hone.report;
