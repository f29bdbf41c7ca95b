using System.Text;
using Spate.Cli.Running;

namespace Spate.Cli.Output;

/// <summary>Writes a result of one part or several.</summary>
internal static class ReportWriter
{
    public static void Write(IReadOnlyList<Listing> sections, OutputFormat format, Surroundings surroundings)
    {
        switch (format)
        {
            case OutputFormat.Json:
                JsonReport.Write(sections, surroundings.Output);
                break;
            case OutputFormat.Table:
                TableReport.Write(sections, surroundings);
                break;
            default:
                surroundings.Output.Write(Encoding.UTF8.GetBytes(Plain(sections)));
                break;
        }

        surroundings.Output.Flush();
    }

    /// <summary>Lines with tabs; an empty line between the parts.</summary>
    private static string Plain(IReadOnlyList<Listing> sections)
    {
        var text = new StringBuilder();
        foreach (var section in sections)
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            foreach (var row in section.Rows)
            {
                if (section.IsRecord)
                {
                    foreach (var (column, cell) in section.Columns.Zip(row))
                    {
                        text.Append(column.Name).Append('\t').Append(Wording.Exact(cell)).Append('\n');
                    }
                }
                else
                {
                    text.AppendJoin('\t', row.Select(Wording.Exact)).Append('\n');
                }
            }
        }

        return text.ToString();
    }
}
