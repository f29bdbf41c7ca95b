namespace Spate.Client.Consuming.Groups;

/// <summary>How a member lives by one of the protocols.</summary>
internal interface IGroupMember
{
    /// <summary>Joins the group and stays in it, for as long as that goes.</summary>
    /// <param name="life">Ends when the member is to leave.</param>
    /// <exception cref="KafkaException">The group does not take it.</exception>
    Task LiveAsync(CancellationToken life);

    /// <summary>Tells the group that it goes, if there is anything to tell.</summary>
    /// <exception cref="KafkaException">The group could not be told, and will find out by itself.</exception>
    Task LeaveAsync(CancellationToken cancellationToken);
}
