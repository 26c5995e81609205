export const format: { name: string; reading: "whole_file" } = {
  name: "half",
  reading: "whole_file",
};
