using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Emission;

/// <summary>Conditions on the variable <c>version</c>.</summary>
internal static class VersionCode
{
    /// <summary>True in the versions asked for; null when that is always, given that the version is in <paramref name="reach"/>.</summary>
    public static string? IsIn(VersionRange wanted, VersionRange reach)
    {
        var low = wanted.Low > reach.Low ? $"version >= {wanted.Low}" : null;
        var high = wanted.High < reach.High ? $"version <= {wanted.High}" : null;
        return low is not null && high is not null
            ? wanted.Low == wanted.High ? $"version == {wanted.Low}" : $"{low} && {high}"
            : low ?? high;
    }

    /// <summary>Whether lengths are compact: <c>true</c>, <c>false</c>, or the local that says so.</summary>
    public static string Compact(MessageSchema message, VersionRange reach) =>
        message.FirstFlexible is not { } flexible || flexible > reach.High ? "false" : flexible <= reach.Low ? "true" : "compact";

    /// <summary>The declaration of that local; null when there is no need of it.</summary>
    public static string? CompactLocal(MessageSchema message, StructSchema structure)
    {
        var needed = Compact(message, structure.Reach) == "compact";
        return needed ? $"var compact = version >= {message.FirstFlexible};" : null;
    }
}
