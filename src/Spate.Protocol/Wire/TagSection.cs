namespace Spate.Protocol.Wire;

/// <summary>Where a <see cref="MessageReader"/> stands in one section of tagged fields. Made by <see cref="MessageReader.BeginTags"/>.</summary>
public struct TagSection
{
    /// <summary>Fields that have not been begun yet.</summary>
    internal int Remaining;

    /// <summary>The tag of the last field that was begun; -1 before the first.</summary>
    internal long LastTag;

    /// <summary>How far the reader might read before this field set a nearer limit.</summary>
    internal int OuterLimit;

    /// <summary>A field has been begun and not been closed.</summary>
    internal bool IsOpen;
}
