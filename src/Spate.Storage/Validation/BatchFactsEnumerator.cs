using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>Walks the batches of a validated append without allocating.</summary>
public ref struct BatchFactsEnumerator
{
    private readonly ReadOnlySpan<byte> _records;
    private RecordBatchEnumerator _entries;

    internal BatchFactsEnumerator(ReadOnlySpan<byte> records)
    {
        _records = records;
        _entries = new RecordBatchEnumerator(records);
    }

    public readonly BatchFacts Current => BatchFacts.Read(_entries.Current, _entries.Position);

    public readonly BatchFactsEnumerator GetEnumerator() => new(_records);

    public bool MoveNext()
    {
        if (_entries.MoveNext())
        {
            return true;
        }

        return _entries.Error == RecordError.None
            ? false
            : throw new InvalidOperationException("The bytes of a validated append were changed, or given back, while they were read.");
    }
}
