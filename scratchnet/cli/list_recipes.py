"""python -m scratchnet recipes."""


def add(commands):
    command = commands.add_parser("recipes", help="list the recipes, with the test accuracy claimed and measured")
    command.set_defaults(command=run, flags={})


def run(options):
    from scratchnet.runs.recipes import RECIPES
    from scratchnet.viewing.tables import table

    def percent(value):
        return "" if value is None else f"{value:.2f} %"

    rows = [("recipe", "data", "claimed", "measured", "what")]
    for recipe in RECIPES.values():
        rows.append((recipe.name, recipe.data, percent(recipe.claimed), percent(recipe.measured), recipe.about))
    print(table(rows))
