/** Text forms of values: CSV. What the values mean is not known here. */
package dev.hone.core.text;
