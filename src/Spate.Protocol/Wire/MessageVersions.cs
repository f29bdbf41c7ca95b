using System.Diagnostics.CodeAnalysis;

namespace Spate.Protocol.Wire;

/// <summary>What reader and writer have in common when something about a message has to be said.</summary>
internal static class MessageVersions
{
    [DoesNotReturn]
    public static void ThrowUnknown(string messageName, short version, short lowestVersion, short highestVersion) =>
        throw new ArgumentOutOfRangeException(
            nameof(version), version, $"{messageName} has versions {lowestVersion} to {highestVersion}, not {version}.");

    /// <summary>Picks a path out of the list that the generator wrote: paths in order of their index, parted by semicolons.</summary>
    public static string? FieldPath(string? fieldPaths, int index) =>
        fieldPaths is null || index < 0 ? null : fieldPaths.Split(';')[index];
}
