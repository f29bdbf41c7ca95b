using System.Runtime.CompilerServices;
using System.Text;
using Spate.Cli.Running;

namespace Spate.Cli.Producing;

/// <summary>A record from each line: a value, or a key and a value with a separator between.</summary>
internal sealed class LineRecords(InputFiles input, PartForms forms, string? keySeparator) : IRecordSource
{
    private readonly byte[]? _separator = keySeparator is null ? null : Encoding.UTF8.GetBytes(keySeparator);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordDraft> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var line in input.LinesAsync(cancellation))
        {
            yield return Read(line);
        }
    }

    private RecordDraft Read(InputLine line)
    {
        var letters = line.Letters.Span;
        if (_separator is null)
        {
            return new RecordDraft(null, forms.Value(letters, line));
        }

        var end = letters.IndexOf(_separator);
        return end < 0
            ? throw new CommandException($"{line} has no '{keySeparator}' between a key and a value.")
            : new RecordDraft(forms.Key(letters[..end], line), forms.Value(letters[(end + _separator.Length)..], line));
    }
}
