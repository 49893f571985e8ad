/** Pages, charts and plots of given results. Nothing here runs a model or selects what to show. */
package dev.hone.report;
