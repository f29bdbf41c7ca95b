namespace Spate.Client.Administration.Calls;

/// <summary>Makes results of the items of a reply.</summary>
internal static class ResultGathering
{
    /// <summary>A broker that answers twice about an item is believed the second time: a reply that is odd is no reason to throw away all the others.</summary>
    public static IReadOnlyDictionary<TKey, TResult> ToResults<TItem, TKey, TResult>(this IEnumerable<TItem> items, Func<TItem, TKey> keyOf, Func<TItem, TResult> resultOf)
        where TKey : notnull
    {
        var results = new Dictionary<TKey, TResult>();
        foreach (var item in items)
        {
            results[keyOf(item)] = resultOf(item);
        }

        return results;
    }
}
