/** Any of these user permissions shows profiles’ and permission sets’ contents to a caller. */
export const seesPermissions: readonly string[] = [
  'ViewSetup',
  'AssignPermissionSets',
  'ManageProfilesPermissionsets',
  'ManageSessionPermissionSets',
]
