package dev.hone.jobs.backbone;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Setting;
import java.nio.file.Path;

/** What is to be done with pretrained networks. */
public record BackboneOptions(
        @Setting(
                help = "list shows the known ones, add fetches and converts one, remove deletes it from the cache.",
                label = "ACTION",
                positional = true,
                def = "list")
        Action action,

        @Setting(
                help = "The backbone to add or remove, such as openimages-mobilenetv2.",
                label = "NAME",
                positional = true)
        String name,

        @Setting(
                help = "Add it from this file instead of fetching it: the package (.tgz) or what is inside it.",
                label = "FILE",
                positional = true)
        Path file) {

    /** What is done. */
    public enum Action {
        LIST,
        ADD,
        REMOVE
    }

    /** @throws OptionException if a name is missing or there is too much */
    public BackboneOptions {
        if (action == Action.LIST ? name != null : name == null) {
            throw new OptionException(
                    "name",
                    action == Action.LIST
                            ? "'" + name + "' is given, but all backbones are listed; expected add or remove before it"
                            : "expected the name of the backbone; list shows them");
        }
        if (file != null && action != Action.ADD) {
            throw new OptionException("file", file + " is given, but nothing is added from it");
        }
    }
}
