namespace Spate.Protocol.Compression.Native;

/// <summary>Keeps a bounded number of native contexts, which are dear to make, for the next use. Safe for all threads, without locks.</summary>
internal sealed class ContextPool<TContext>(Func<TContext> create)
    where TContext : class, IDisposable
{
    private static readonly int MaximumPooled = Math.Min(2 * Environment.ProcessorCount, 64);

    private readonly TContext?[] _slots = new TContext?[MaximumPooled];

    public TContext Rent()
    {
        for (var index = 0; index < _slots.Length; index++)
        {
            if (_slots[index] is not null && Interlocked.Exchange(ref _slots[index], null) is { } context)
            {
                return context;
            }
        }

        return create();
    }

    /// <summary>Takes back a context that is ready for its next use, or disposes it when there are enough.</summary>
    public void Return(TContext context)
    {
        for (var index = 0; index < _slots.Length; index++)
        {
            if (Interlocked.CompareExchange(ref _slots[index], context, null) is null)
            {
                return;
            }
        }

        context.Dispose();
    }
}
