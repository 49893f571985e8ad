package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.jobs.recipe.RecipesPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The tables in the page about recipes are made of the options of the jobs; the page itself says how to write them anew. */
class RecipesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "recipes.md");
    private static final String BEGIN = "<!-- Generated from here on. -->\n";

    @Test
    void pageHasTheOptionsOfAllJobs() throws IOException {
        String page = Files.readString(PAGE, StandardCharsets.UTF_8);
        assertThat(page).contains(BEGIN);
        String made = page.substring(0, page.indexOf(BEGIN)) + BEGIN + RecipesPage.tables();
        if (System.getProperty("hone.docs.write") != null) {
            Files.writeString(PAGE, made);
        }
        assertThat(PAGE).content(StandardCharsets.UTF_8).isEqualTo(made);
    }
}
