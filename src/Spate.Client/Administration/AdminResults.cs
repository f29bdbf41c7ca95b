namespace Spate.Client.Administration;

/// <summary>For callers who want all items of a call or an exception. Safe for use by several threads at once.</summary>
public static class AdminResults
{
    /// <summary>Failures that a message spells out; of more it gives the number.</summary>
    private const int FailuresToldMax = 10;

    /// <summary>Does nothing when every item succeeded.</summary>
    /// <param name="results">What a call of <see cref="Admin"/> gave.</param>
    /// <exception cref="KafkaException">Items failed: the failure of the only one, or one that names them, with the first one's code.</exception>
    public static void ThrowIfAnyFailed<TItem>(this IReadOnlyDictionary<TItem, AdminResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        Throw([.. results.Values.Select(static result => result.Error).OfType<KafkaException>()], results.Count);
    }

    /// <inheritdoc cref="ThrowIfAnyFailed{TItem}(IReadOnlyDictionary{TItem, AdminResult})"/>
    public static void ThrowIfAnyFailed<TItem, TValue>(this IReadOnlyDictionary<TItem, AdminResult<TValue>> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        Throw([.. results.Values.Select(static result => result.Error).OfType<KafkaException>()], results.Count);
    }

    private static void Throw(List<KafkaException> failures, int count)
    {
        if (failures.Count == 1)
        {
            throw failures[0];
        }

        if (failures.Count > 1)
        {
            var more = failures.Count > FailuresToldMax ? $" And {failures.Count - FailuresToldMax} more." : "";
            throw new KafkaException(
                failures[0].ErrorCode,
                $"{failures.Count} of {count} items failed. {string.Join(' ', failures.Take(FailuresToldMax).Select(static failure => failure.Message))}{more}",
                failures[0])
            {
                IsRetriable = failures.TrueForAll(static failure => failure.IsRetriable),
            };
        }
    }
}
