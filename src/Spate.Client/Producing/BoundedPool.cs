namespace Spate.Client.Producing;

/// <summary>Objects to be used again, up to a number. Safe for use by several threads at once.</summary>
internal sealed class BoundedPool<T>(int countMax, Func<T> make)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _kept = new();

    public T Rent()
    {
        lock (_gate)
        {
            if (_kept.TryPop(out var kept))
            {
                return kept;
            }
        }

        return make();
    }

    /// <summary>Keeps the object, or says that there is no room for it.</summary>
    public bool Return(T item)
    {
        lock (_gate)
        {
            if (_kept.Count >= countMax)
            {
                return false;
            }

            _kept.Push(item);
            return true;
        }
    }
}
