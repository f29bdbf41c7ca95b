using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Spate.Cli.Output;
using Spate.Cli.Records;

namespace Spate.Cli.Producing;

/// <summary>Records made up by templates for the value and the key.</summary>
internal sealed class TemplateRecords(Template value, Template? key, PartForms forms, TimeProvider clock) : IRecordSource
{
    public const string Fields = "%{n} (the number of the record, from 1), %{time} and %{timestamp} (now, written out and in milliseconds)";

    public static bool IsField(string name) => name is "n" or "time" or "timestamp";

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordDraft> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var number = 1L; ; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = clock.GetUtcNow();
            var place = $"Record {number}";
            yield return new RecordDraft(
                key is null ? null : forms.Key(Encoding.UTF8.GetBytes(Fill(key, number, now)), place),
                forms.Value(Encoding.UTF8.GetBytes(Fill(value, number, now)), place));
            await Task.CompletedTask;
        }
    }

    private static string Fill(Template template, long number, DateTimeOffset now) => string.Concat(template.Parts.Select(part => (part.IsField, part.Text) switch
    {
        (false, var letters) => letters,
        (_, "n") => number.ToString(CultureInfo.InvariantCulture),
        (_, "time") => Wording.Exact(now),
        _ => now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
    }));
}
