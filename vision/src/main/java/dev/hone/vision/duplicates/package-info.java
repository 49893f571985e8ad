/** Images that show the same thing: copies, and one part under other light or in another frame. */
package dev.hone.vision.duplicates;
