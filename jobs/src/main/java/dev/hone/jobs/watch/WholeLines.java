package dev.hone.jobs.watch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Files of lines that a process appends to, which may have been killed while it did. */
public final class WholeLines {
    private static final int BLOCK = 1 << 12;

    private WholeLines() {}

    /** Cuts off an unfinished last line. */
    public static void keep(FileChannel channel) throws IOException {
        long end = channel.size();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        while (end > 0) {
            long start = Math.max(0, end - BLOCK);
            block.clear().limit((int) (end - start));
            while (block.hasRemaining() && channel.read(block, start + block.position()) >= 0) {
                // reads on
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    channel.truncate(start + i + 1);
                    return;
                }
            }
            end = start;
        }
        channel.truncate(0);
    }
}
