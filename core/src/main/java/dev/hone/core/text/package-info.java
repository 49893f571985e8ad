/** Text forms of values: CSV, whole or streamed, and the nearest of known names. What the values mean is not known here. */
package dev.hone.core.text;
