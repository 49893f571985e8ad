/** The end-to-end demonstration on synthetic images. What its steps do is in their own jobs. */
package dev.hone.jobs.demo;
