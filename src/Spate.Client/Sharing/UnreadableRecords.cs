namespace Spate.Client.Sharing;

/// <summary>What becomes of records that cannot be read.</summary>
public enum UnreadableRecords
{
    /// <summary>They are rejected: nobody is given them again.</summary>
    Reject = 0,

    /// <summary>They are released: somebody else may know how to read them, for as many deliveries as the group allows.</summary>
    Release = 1,
}
