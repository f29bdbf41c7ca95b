using Spate.Metadata.Log;

namespace Spate.Metadata.Tests.Control;

/// <summary>A log of decisions in memory, which a test may make fail or hold up.</summary>
internal sealed class MemoryMetadataLog : IMetadataLog
{
    private readonly List<byte[]> _values = [];
    private int _appending;

    /// <summary>The next appends throw this.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Appends wait for this before they are committed.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Count => _values.Count;

    public async ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellation)
    {
        Assert.Equal(1, Interlocked.Increment(ref _appending));
        try
        {
            await Gate;
            if (Failure is not null)
            {
                throw Failure;
            }

            _values.AddRange(values.Select(value => value.ToArray()));
        }
        finally
        {
            Interlocked.Decrement(ref _appending);
        }
    }

    public IEnumerable<ReadOnlyMemory<byte>> ReadCommitted() => _values.Select(value => (ReadOnlyMemory<byte>)value);
}
