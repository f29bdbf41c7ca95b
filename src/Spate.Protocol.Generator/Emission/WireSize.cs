using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Emission;

/// <summary>How many bytes a structure takes at least, in whichever version it takes the fewest. A count from outside is held against it.</summary>
internal static class WireSize
{
    public static int Minimum(StructSchema structure, MessageSchema message)
    {
        var versions = structure.Reach.Intersect(message.Versions);
        var least = Enumerable.Range(versions.Low, versions.High - versions.Low + 1).Min(version => At(structure, message, version));
        return Math.Max(1, least);
    }

    private static int At(StructSchema structure, MessageSchema message, int version)
    {
        var fields = structure.PlacedFields.Where(field => field.Versions.Contains(version)).Sum(field => At(field, message, version));
        return fields + (message.IsFlexible(version) ? 1 : 0);
    }

    private static int At(FieldSchema field, MessageSchema message, int version)
    {
        var isCompact = message.IsFlexible(version) && !field.IsPlain;
        if (field.IsArray || field.Scalar is { Name: "bytes" or "records" })
        {
            return isCompact ? 1 : 4;
        }

        if (field.Scalar is { } scalar)
        {
            return scalar.HasLength ? isCompact ? 1 : 2 : scalar.Size;
        }

        return field.Nullable is not null ? 1 : At(field.Struct!, message, version);
    }
}
