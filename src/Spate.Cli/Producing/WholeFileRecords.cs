using System.Runtime.CompilerServices;

namespace Spate.Cli.Producing;

/// <summary>One record from each input as a whole.</summary>
internal sealed class WholeFileRecords(InputFiles input, PartForms forms) : IRecordSource
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordDraft> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (name, stream) in input.Open())
        {
            using var content = new MemoryStream();
            await using (stream)
            {
                await stream.CopyToAsync(content, CancellationToken.None).WaitAsync(cancellation);
            }

            input.Read(content.Length);
            yield return new RecordDraft(null, forms.Value(content.ToArray(), name));
        }
    }
}
