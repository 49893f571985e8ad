/**
 * What a user asks for: jobs with a record of options in and a record of results out. Nothing here prints, parses
 * arguments or ends the process; news and cancellation go through {@link dev.hone.core.Progress}.
 */
package dev.hone.jobs;
