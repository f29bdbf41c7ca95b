namespace Spate.Client.Consuming.Groups;

/// <summary>
/// Keeps the code that enumerates and the membership from talking at once: while a record is in somebody's hands no partition is taken away, and while partitions change
/// hands no record is handed out. The enumeration has the floor whenever it is not waiting for records; the membership takes it in between. The gate is for a few
/// instructions, and where nobody wants the floor a record costs no more than a look.
/// </summary>
internal sealed class Floor
{
    private readonly Lock _gate = new();
    private bool _isEnumerated;
    private bool _isSeized;
    private TaskCompletionSource? _given;
    private TaskCompletionSource? _returned;
    private volatile bool _isWanted;
    private volatile bool _isAsking;
    private long _turns;

    /// <summary>The membership waits: the enumeration is to <see cref="Release"/> at the next opportunity, and <see cref="TakeAsync"/> again.</summary>
    public bool IsWanted => _isWanted;

    /// <summary>An enumeration waits for records.</summary>
    public bool IsAsking => _isAsking;

    /// <summary>Counts how often the enumeration has come back for more.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>The enumeration has come back for more.</summary>
    public void Turn() => Volatile.Write(ref _turns, _turns + 1);

    /// <summary>The enumeration goes on, once the membership has nothing to say.</summary>
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task returned;
            lock (_gate)
            {
                if (!_isSeized)
                {
                    _isEnumerated = true;
                    _isAsking = false;
                    return;
                }

                _returned ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                returned = _returned.Task;
            }

            await returned.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The enumeration waits, or has ended.</summary>
    /// <param name="isAsking">It waits.</param>
    public void Release(bool isAsking)
    {
        TaskCompletionSource? given = null;
        lock (_gate)
        {
            _isEnumerated = false;
            _isAsking = isAsking;
            if (_given is not null)
            {
                (given, _given) = (_given, null);
                _isSeized = true;
                _isWanted = false;
            }
        }

        given?.SetResult();
    }

    /// <summary>The membership takes the floor, once no record is in anybody's hands. One caller at a time.</summary>
    public async Task SeizeAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource given;
        lock (_gate)
        {
            if (!_isEnumerated)
            {
                _isSeized = true;
                return;
            }

            _given = given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _isWanted = true;
        }

        try
        {
            await given.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            bool isMine;
            lock (_gate)
            {
                isMine = _given != given;
                _given = null;
                _isWanted = false;
            }

            if (isMine)
            {
                Return();
            }

            throw;
        }
    }

    /// <summary>The membership has done.</summary>
    public void Return()
    {
        TaskCompletionSource? returned;
        lock (_gate)
        {
            _isSeized = false;
            (returned, _returned) = (_returned, null);
        }

        returned?.SetResult();
    }
}
