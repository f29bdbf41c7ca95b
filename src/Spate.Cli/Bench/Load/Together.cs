namespace Spate.Cli.Bench.Load;

/// <summary>Work that is done side by side and fails together: the first failure ends all of it, and is the one that is told. Safe for use by several threads at once.</summary>
internal sealed class Together : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private Exception? _failure;

    public Together(CancellationToken cancellation) => _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

    /// <summary>Ends all of it.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The first failure of all; null while there is none.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Does these on the pool, and ends when all have ended.</summary>
    /// <exception cref="OperationCanceledException">It was ended before that.</exception>
    /// <exception cref="Exception">The first failure of all.</exception>
    public async Task RunAsync(IEnumerable<Func<CancellationToken, Task>> works)
    {
        await Task.WhenAll(works.Select(Begin));
        ThrowIfFailed();
        Token.ThrowIfCancellationRequested();
    }

    /// <summary>Begins one on the pool. The task that is given does not fail.</summary>
    public Task Begin(Func<CancellationToken, Task> work) => Task.Run(async () =>
    {
        try
        {
            await work(Token);
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            // It was told to end.
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
            await _stop.CancelAsync();
        }
    });

    /// <summary>Ends all of it in peace.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    /// <exception cref="Exception">The first failure of all.</exception>
    public void ThrowIfFailed()
    {
        if (Failure is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();
}
