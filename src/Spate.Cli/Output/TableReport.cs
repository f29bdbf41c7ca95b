using System.Globalization;
using System.Text;
using Spate.Cli.Running;
using Spectre.Console;

namespace Spate.Cli.Output;

/// <summary>Writes a result for a person.</summary>
internal static class TableReport
{
    private static readonly Style Faint = new(decoration: Decoration.Dim);

    public static void Write(IReadOnlyList<Listing> sections, Surroundings surroundings)
    {
        var letters = new StringWriter(CultureInfo.InvariantCulture);
        var isColourless = !surroundings.IsOutputTerminal || surroundings.Variable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isColourless ? AnsiSupport.No : AnsiSupport.Yes,
            ColorSystem = isColourless ? ColorSystemSupport.NoColors : ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(letters),
        });
        console.Profile.Width = surroundings.Width;
        console.Profile.Capabilities.Unicode = true;
        for (var index = 0; index < sections.Count; index++)
        {
            if (index > 0)
            {
                console.WriteLine();
            }

            console.Write(sections[index].IsRecord ? Facts(sections[index]) : Rows(sections[index]));
        }

        var lines = letters.ToString().Split('\n').Select(static line => line.TrimEnd());
        surroundings.Output.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }

    private static Table Rows(Listing section)
    {
        var table = New();
        foreach (var column in section.Columns)
        {
            var isNumber = section.Rows.Any(static row => row.Length > 0) && section.Rows.All(row => row[IndexOf(section, column)] is null or int or long or short or double);
            table.AddColumn(new TableColumn(new Text(column.Heading, Faint)) { Alignment = isNumber ? Justify.Right : Justify.Left });
        }

        foreach (var row in section.Rows)
        {
            table.AddRow(section.Columns.Zip(row, static (column, cell) => new Text(Wording.Readable(cell, column.Unit))));
        }

        return section.Rows.Count > 0 ? table : table.AddRow(new Text("none", Faint));
    }

    private static Table Facts(Listing section)
    {
        var table = New().HideHeaders().AddColumn(new TableColumn("")).AddColumn(new TableColumn(""));
        foreach (var (column, cell) in section.Columns.Zip(section.Rows[0]))
        {
            table.AddRow(new Text(column.Heading, Faint), new Text(Wording.Readable(cell, column.Unit)));
        }

        return table;
    }

    private static Table New() => new() { Border = TableBorder.None, UseSafeBorder = false };

    private static int IndexOf(Listing section, Column column)
    {
        for (var index = 0; index < section.Columns.Count; index++)
        {
            if (ReferenceEquals(section.Columns[index], column))
            {
                return index;
            }
        }

        throw new InvalidOperationException($"'{section.Name}' has no column '{column.Name}'.");
    }
}
