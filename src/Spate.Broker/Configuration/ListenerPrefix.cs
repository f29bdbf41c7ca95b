namespace Spate.Broker.Configuration;

/// <summary>What stands before a setting's name where it is meant for one listener alone: <c>listener.name.internal.</c></summary>
internal static class ListenerPrefix
{
    private const string Start = "listener.name.";

    public static string Of(string listener) => $"{Start}{listener.ToLowerInvariant()}.";

    /// <summary>The setting's own name, or null where no listener is named before it.</summary>
    public static string? Split(string name)
    {
        if (!name.StartsWith(Start, StringComparison.Ordinal))
        {
            return null;
        }

        var dot = name.IndexOf('.', Start.Length);
        return dot < 0 ? null : name[(dot + 1)..];
    }
}
