using System.Text;
using Spate.Cli.Output;
using Spate.Cli.Running;

namespace Spate.Cli.Doctor;

/// <summary>Writes a diagnosis: for a person a paragraph for each finding, for programs rows.</summary>
internal static class DiagnosisWriter
{
    public static void Write(Diagnosis diagnosis, ClusterCall call)
    {
        if (call.Output == OutputFormat.Table)
        {
            var isColoured = call.Surroundings.IsOutputTerminal && call.Surroundings.Variable("NO_COLOR") is not { Length: > 0 };
            call.Surroundings.Output.Write(Encoding.UTF8.GetBytes(Readable(diagnosis, isColoured)));
            return;
        }

        var listing = new Listing("findings", new Column("severity"), new Column("subject"), new Column("seen"), new Column("why"), new Column("next"));
        foreach (var finding in diagnosis.Findings)
        {
            listing.Add(finding.Severity.ToString().ToLowerInvariant(), finding.Subject, finding.Seen, finding.Why, finding.Next);
        }

        call.Show(listing);
    }

    private static string Readable(Diagnosis diagnosis, bool isColoured)
    {
        var text = new StringBuilder();
        foreach (var finding in diagnosis.Findings)
        {
            var word = finding.Severity.ToString().ToUpperInvariant();
            var colour = finding.Severity switch { Severity.Error => "31", Severity.Warning => "33", _ => "36" };
            text.Append(isColoured ? $"\u001b[{colour}m{word}\u001b[0m" : word).Append("  ").Append(finding.Subject).Append(": ").Append(finding.Seen.TrimEnd().TrimEnd('.')).Append(".\n")
                .Append("  why:  ").Append(finding.Why).Append('\n')
                .Append("  next: ").Append(finding.Next).Append("\n\n");
        }

        text.Append("Looked at ").AppendJoin(", ", diagnosis.Checks).Append(": ");
        var findings = diagnosis.Findings.GroupBy(static finding => finding.Severity).Select(static group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}{(group.Count() == 1 ? "" : "s")}").ToList();
        return text.Append(findings.Count > 0 ? string.Join(", ", findings) : "nothing is wrong").Append(".\n").ToString();
    }
}
