/** Atomic writing of files, and readable reasons for failed file operations. Knows no file formats. */
package dev.hone.core.file;
